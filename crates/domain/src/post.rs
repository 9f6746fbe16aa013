//! Roles and how far each reaches (handbook §1.1).

use serde::{Deserialize, Serialize};

/// What a post is for. The number is the wire code: never reuse one.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, minicbor::Encode, minicbor::Decode,
)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Role {
    /// 儿童主任: the children assigned to her in her community.
    #[n(0)]
    Director,
    /// 儿童督导员: all children of the street; settles and approves.
    #[n(1)]
    Supervisor,
    /// 未保专员: all children of the street.
    #[n(2)]
    Specialist,
    /// 专业社工: the children assigned to him in the street.
    #[n(3)]
    SocialWorker,
    /// 中心管理员: the whole district; roster and devices.
    #[n(4)]
    CentreAdmin,
    /// 业务科: the whole district.
    #[n(5)]
    CentreOfficer,
    /// 领导: the whole district, reading only.
    #[n(6)]
    CentreLeader,
}

/// Which children a role may see.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Reach {
    /// Those assigned to the post.
    Assigned,
    /// Those whose file belongs to the street.
    Street,
    /// All of the district.
    District,
}

impl Role {
    /// Every role, in wire order.
    pub const ALL: [Self; 7] = [
        Self::Director,
        Self::Supervisor,
        Self::Specialist,
        Self::SocialWorker,
        Self::CentreAdmin,
        Self::CentreOfficer,
        Self::CentreLeader,
    ];

    /// Which children this role may see.
    pub const fn reach(self) -> Reach {
        match self {
            Self::Director | Self::SocialWorker => Reach::Assigned,
            Self::Supervisor | Self::Specialist => Reach::Street,
            Self::CentreAdmin | Self::CentreOfficer | Self::CentreLeader => Reach::District,
        }
    }

    /// The name people use.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Director => "儿童主任",
            Self::Supervisor => "儿童督导员",
            Self::Specialist => "未保专员",
            Self::SocialWorker => "专业社工",
            Self::CentreAdmin => "中心管理员",
            Self::CentreOfficer => "业务科",
            Self::CentreLeader => "领导",
        }
    }

    /// The same in English.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Director => "Child director",
            Self::Supervisor => "Child supervisor",
            Self::Specialist => "Protection specialist",
            Self::SocialWorker => "Social worker",
            Self::CentreAdmin => "Centre admin",
            Self::CentreOfficer => "Centre officer",
            Self::CentreLeader => "Centre leader",
        }
    }
}
