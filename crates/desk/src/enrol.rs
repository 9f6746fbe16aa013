//! Joining a district: one exchange with whoever answers at the address, believed only if he
//! proves that he knows the code. It stores nothing.

use client::Identity;
use domain::fault::{Code, Fault};
use domain::moment::Moment;
use sync::courier::NetFault;
use sync::enrol::{self, BadEnrol, ENROL_BYTES_MAX, EnrolText, Grant};
use sync::key::DeviceKey;

use crate::clock::{self, OsChance};
use crate::net::Line;

/// A device that has joined; [`client::Client::create`] takes the identity.
pub struct Enrolled {
    /// What the client keeps.
    pub identity: Identity,
    /// The name of the person the code was for.
    pub person_name: String,
    /// Six digits that the station's list of devices shows too.
    pub comparison: String,
}

/// Enrols this device with the line of text the station gave (address and code).
pub async fn enrol(text: &str, label: &str) -> Result<Enrolled, Fault> {
    let text: EnrolText = text.parse().map_err(|_| Code::BadEnrolText)?;
    let (key, asked) = prepared(&text, label);
    let answered = ask(&text, asked.clone()).await?;
    let grant = enrol::read_answer(&text.code, &key, &asked, &answered).map_err(unproven)?;
    let comparison = enrol::comparison(&grant.district(), &key.sign_public(), &key.seal_public());
    let person_name = grant.person_name.clone();
    let identity = identity(&text, key, grant).map_err(unproven)?;
    Ok(Enrolled { identity, person_name, comparison })
}

fn prepared(text: &EnrolText, label: &str) -> (DeviceKey, Vec<u8>) {
    let mut chance = OsChance;
    let m = &mut Moment::new(clock::now(), &mut chance);
    let key = DeviceKey::fresh(m);
    let asked = enrol::request(&text.code, &key, label, m);
    (key, asked)
}

async fn ask(text: &EnrolText, asked: Vec<u8>) -> Result<Vec<u8>, Fault> {
    let mut line = Line::unpinned(&text.address)?;
    let mut answer = line.post("/v1/enrol", asked).await.map_err(refused)?;
    let mut answered = Vec::new();
    while let Some(bytes) = answer.chunk().await.map_err(NetFault::code)? {
        answered.extend_from_slice(&bytes);
        if answered.len() > ENROL_BYTES_MAX {
            return Err(Code::EnrolUnproven.into());
        }
    }
    Ok(answered)
}

fn refused(fault: NetFault) -> Fault {
    let code = if fault == NetFault::Unknown { Code::EnrolRefused } else { fault.code() };
    code.into()
}

fn unproven(_: BadEnrol) -> Fault {
    Code::EnrolUnproven.into()
}

fn identity(text: &EnrolText, key: DeviceKey, grant: Grant) -> Result<Identity, BadEnrol> {
    let server = grant.server()?;
    Ok(Identity {
        district: grant.district(),
        address: text.address.to_string(),
        ca: grant.ca_der()?.to_vec(),
        server: server.device,
        server_sign: server.sign,
        inbox: grant.inbox_public()?,
        key,
        person: grant.person,
        lease: Some(grant.lease),
        name: grant.district_name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{CODE, server};

    async fn join(text: &str) -> Result<Enrolled, Fault> {
        enrol(text, "某某的笔记本").await
    }

    #[tokio::test]
    async fn a_desk_joins_with_the_right_code_and_pins_what_it_was_told() {
        let code: enrol::Code = CODE.parse().expect("a code");
        let address = server(code.clone()).await;
        let joined = join(&format!("{address} {code}")).await.expect("granted");
        assert_eq!(joined.person_name, "某某的笔记本");
        assert_eq!((joined.identity.address.as_str(), joined.comparison.len()), (address.as_str(), 6));
        assert!(Line::pinned(&joined.identity.address, &joined.identity.ca).is_ok());
    }

    #[tokio::test]
    async fn a_wrong_code_nobody_there_and_a_torn_text_have_their_own_words() {
        let code: enrol::Code = CODE.parse().expect("a code");
        let address = server(code).await;
        let wrong = join(&format!("{address} ABCDE-01234-56789-FGHJM")).await;
        assert_eq!(wrong.err(), Some(Code::EnrolRefused.into()));
        let away = join(&format!("{address} {CODE}")).await;
        assert_eq!(away.err(), Some(Code::Offline.into()));
        assert_eq!(join(&format!("{address} ABCDE")).await.err(), Some(Code::BadEnrolText.into()));
    }
}
