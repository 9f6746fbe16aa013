//! Everything a screen must tell apart. One closed list; each code has one sentence that says
//! what to do next (`docs/GLOSSARY.md`, `tests/tidy` checks that none is missing).

use serde::{Deserialize, Serialize};

/// A refusal or failure a person must see, with what it is about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, thiserror::Error)]
#[error("{}", .code.text())]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Fault {
    /// Which one.
    pub code: Code,
    /// A field key, a record id, a file name or how many tries are left: never content.
    pub about: String,
}

impl Fault {
    /// A fault about something.
    pub fn new(code: Code, about: impl Into<String>) -> Self {
        Self { code, about: about.into() }
    }
}

impl From<Code> for Fault {
    fn from(code: Code) -> Self {
        Self::new(code, "")
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident => $text:literal, $en:literal,)*) => {
        /// The kinds of fault.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS))]
        pub enum Code { $($(#[$doc])* $name,)* }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name,)*];
            /// What the screen says: what happened, that nothing is lost, what to do.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
            /// The same in English.
            pub const fn en(self) -> &'static str {
                match self { $(Self::$name => $en,)* }
            }
        }
    };
}

codes! {
    /// The passphrase opens no key slot.
    WrongPassphrase => "口令不对，请再试一次；忘了口令可用抄下来的恢复码打开。",
        "Wrong passphrase; please try again. If it is forgotten, the recovery code you wrote down opens as well.",
    /// What looks like a recovery code opens no key slot.
    WrongRecovery => "恢复码不对：应是 8 组、每组 4 位；请对照抄下来的纸逐组核对。",
        "This recovery code is wrong: it has 8 groups of 4, digits and the letters A to F only; compare it with your paper group by group.",
    /// A new passphrase is too easily guessed.
    WeakPassphrase => "口令太容易被猜到，还没有设定；请再长一些，例如四五个不相干的词连起来。",
        "This passphrase is too easily guessed and was not set; make it longer, such as four or five words that have nothing to do with each other.",
    /// The PIN is another one; `about` says how many tries are left.
    WrongPin => "短口令不对，请再试一次；也可以用口令打开。",
        "Wrong PIN; please try again, or open with the passphrase.",
    /// The PIN was wrong too often and is no more.
    PinGone => "短口令连错五次，已经停用，档案没有动；请用口令打开，之后可以在设置里重新设短口令。",
        "The PIN was wrong five times and is no more; the files are untouched. Open with the passphrase; a new PIN can be set in Settings afterwards.",
    /// The device secret is not to be had: no PIN can be tried, and none was.
    PinAway => "短口令现在用不了，这一次不算输错；请用口令打开，之后可以在设置里重新设短口令。",
        "The PIN cannot be used at the moment, and this try does not count; open with the passphrase. A new PIN can be set in Settings afterwards.",
    /// A new PIN is none, or among the first guesses.
    WeakPin => "短口令要 6 到 12 位数字，也不能是连号、重复或生日；还没有设定，请换一个。",
        "A PIN has 6 to 12 digits, none in a row, repeated or a birthday; it was not set, please choose another.",
    /// Nowhere to keep a device secret.
    NoKeystore => "这台电脑的系统钥匙串用不了，短口令没有设定；请照常用口令打开。",
        "This computer's keystore cannot be used and no PIN was set; go on opening with the passphrase.",
    /// The store cannot be read as a store.
    StoreDamaged => "本机资料库打不开，原文件已原样留存；请连网，系统会从区中心重新取回，未上传的内容请联系区中心恢复。",
        "The store on this computer cannot be opened; the file was kept as it is. Connect to the network and everything is fetched from the centre again; ask the centre to restore what was not sent.",
    /// Another process holds the profile.
    AlreadyOpen => "童档已经在这台电脑上打开了，请切换到已打开的窗口。",
        "Tongdang is open on this computer already; please go to its window.",
    /// No space left.
    DiskFull => "电脑磁盘满了，这一条还没有保存；请清理出一些空间后再点保存，已保存的内容不受影响。",
        "The disk is full and this was not saved; make some room and save again. What was saved before is untouched.",
    /// The disk refuses writing.
    DiskReadOnly => "这个位置不能写入，这一条还没有保存；请检查磁盘是否被写保护，已保存的内容不受影响。",
        "Nothing can be written here and this was not saved; see whether the disk is write-protected. What was saved before is untouched.",
    /// Any other failure of the disk.
    DiskFailed => "电脑磁盘读写出错，这一条还没有保存；请重新打开童档再试，若仍出错请换一台电脑。",
        "The disk failed and this was not saved; open Tongdang again and retry. If it fails again, use another computer.",
    /// The store is locked.
    Locked => "已锁定，请输入口令打开。",
        "Locked; please type the passphrase.",
    /// No such child, record or call in sight; the same answer for absent and forbidden.
    NotFound => "没有找到，可能不在您负责的范围内；如需查看请联系街道未保站。",
        "Not found; it may not be in your charge. Ask the station if you need to see it.",
    /// The post may not do this.
    Denied => "您的岗位不能做这一步，请联系街道未保站。",
        "Your post may not do this; please ask the station.",
    /// A field is wrong; `about` is its key.
    Invalid => "有填写不对的地方，请按红色提示改好；草稿已保存在本机。",
        "Something is filled in wrongly; put right what is marked red. The draft is saved on this computer.",
    /// A finished record cannot be changed.
    Finished => "已完成的记录不能改原文，请用“补充说明”追加。",
        "A finished note cannot be changed; add to it with “Supplement”.",
    /// A draft was saved by another page since this one saw it; `about` is the draft.
    DraftNewer => "这份草稿在另一个窗口里又写过了，这里的没有存进去，也没有盖掉那边的；请看那边写的，或者留下这里的。",
        "This draft was written on in another window; what stands here was not saved and nothing there was overwritten. Look at what is there, or keep what is here.",
    /// A draft was finished by another page; `about` is the draft.
    DraftFinished => "这份草稿在另一个窗口里已经写完了，原文不再改；这里多写的话可以补充到那条记录里。",
        "This draft was finished in another window and the note does not change any more; what is written here beyond it can be added as a supplement.",
    /// A draft was thrown away by another page; `about` is the draft.
    DraftDropped => "这份草稿在另一个窗口里删掉了，这里的没有保存；还要的话请另存为一份新草稿。",
        "This draft was deleted in another window and what stands here was not saved; if you still want it, keep it as a new draft.",
    /// The call's arguments cannot be read.
    BadCall => "这一步没有做成，请重新打开页面再试；已保存的内容不受影响。",
        "This did not work; please open the page again and retry. What was saved is untouched.",
    /// The enrolment text is no enrolment text.
    BadEnrolText => "登记码不完整，请照街道未保站给的登记码重新输入。",
        "The enrolment code is not whole; type it again as the station gave it to you.",
    /// What was given as the server's address is none.
    BadAddress => "这不像区中心的地址，没有改动；请照区中心给的地址原样输入，一个字母、一个点都不要漏。",
        "This does not look like the centre's address and nothing was changed; type it exactly as the centre gave it.",
    /// The code is used, expired or wrong.
    EnrolRefused => "登记码不对、已用过或已过期，请向街道未保站再要一个。",
        "The enrolment code is wrong, was used or has run out; ask the station for another.",
    /// The server did not prove that it knows the code.
    EnrolUnproven => "连到的不是区中心的服务器，登记没有进行；请检查地址和网络，不要在公共网络上登记。",
        "This is not the centre's server and nothing was enrolled; check address and network, and do not enrol on a public one.",
    /// No connection.
    Offline => "现在连不上区中心，可以继续工作；内容都保存在本机，连网后自动上传。",
        "The centre cannot be reached now; go on working. Everything is saved on this computer and sent when there is a network.",
    /// The practice district has no line.
    Practice => "练习区不连区中心，写的内容只留在练习里；结束练习后再同步。",
        "The practice district has no line to the centre and what you write stays in it; end the practice, then sync.",
    /// A captive portal or proxy answered.
    Portal => "网络要求先登录（例如上网认证页面），请用浏览器登录网络后再同步；内容都保存在本机。",
        "The network wants you to log in first (such as its own page in the browser); do that, then sync. Everything is saved on this computer.",
    /// The certificate is not the district's.
    ForeignCertificate => "对方不是区中心的服务器，没有上传任何内容；请换一个网络再试，并告诉区中心。",
        "This is not the centre's server and nothing was sent; try another network, and tell the centre.",
    /// The server speaks another version or answers nonsense.
    BadAnswer => "区中心的回答看不懂，没有改动任何内容；稍后会自动再试，若一直这样请联系区中心。",
        "The centre's answer cannot be read and nothing was changed; it is tried again later. If it stays so, tell the centre.",
    /// The device is revoked.
    Revoked => "这台电脑已停用，不能再查看档案；没有送出的内容都在，连上网仍会交上去。请联系街道未保站。",
        "This computer was stopped and files can no longer be read here; what was not sent is kept and will still be handed in. Please ask the station.",
    /// The right to read offline is over; writing goes on.
    LeaseOver => "太久没有连网，暂时不能查看档案，仍可写新的走访；连上网点一次“立即同步”就能看。",
        "Too long without a network: files cannot be read for now, new visits can still be written. Connect and press “Sync now” once.",
    /// A workbook cannot be read as one.
    BadWorkbook => "这个文件读不出来，请用 WPS 或 Excel 打开后另存为 .xlsx 再导入；原文件没有改动。",
        "This file cannot be read; open it in WPS or Excel, save it as .xlsx and import that. The file was not changed.",
    /// The workbook is encrypted.
    WorkbookLocked => "这个文件有打开密码，请先在 WPS 里取消密码再导入；原文件没有改动。",
        "This file has a password for opening; take the password off in WPS, then import it. The file was not changed.",
    /// A workbook of the format before 2007.
    WorkbookOld => "这是旧的 .xls 格式，请用 WPS 或 Excel 打开后另存为 .xlsx 再导入；原文件没有改动。",
        "This is the old .xls format; open it in WPS or Excel, save it as .xlsx and import that. The file was not changed.",
    /// A web page or XML under the name of a workbook.
    WorkbookPage => "这个文件其实是网页，不是表格，请用 WPS 或 Excel 打开后另存为 .xlsx 再导入；原文件没有改动。",
        "This file is really a web page, not a workbook; open it in WPS or Excel, save it as .xlsx and import that. The file was not changed.",
    /// What an office program keeps beside a workbook that is open.
    WorkbookTemporary => "这是表格打开时的临时文件（名字以 ~$ 开头），请先关掉 WPS，再选名字里没有 ~$ 的那个文件导入。",
        "This is the temporary file of a workbook that is open (its name begins with ~$); close it in WPS, then import the file without ~$ in its name.",
    /// The workbook is larger than the import takes.
    WorkbookTooLarge => "表格太大，请按街道分成几个文件再导入；原文件没有改动。",
        "The sheet is too large; split it by street into several files and import those. The file was not changed.",
    /// No heading row was recognised.
    NoHeading => "没有找到表头，请确认表里有“姓名”和“身份证号”这样的列名再导入。",
        "No heading row was found; see that there are columns such as “姓名” and “身份证号”, then import again.",
    /// A picture of too many bytes or pixels.
    LargePicture => "这张图片太大，没有加进去（最多 15 兆、一亿一千万像素）；请在手机相册里改小、另存后再加，已保存的内容不受影响。",
        "This picture is too large and was not added (at most 15 MB and 110 million pixels); make it smaller in the phone's album, save it and add that. What was saved is untouched.",
    /// No picture that can be read.
    BadPicture => "这张图片打不开，没有加进去；请在手机相册里另存为普通照片（15 兆以内）再试，已保存的内容不受影响。",
        "This picture cannot be opened and was not added; save it as an ordinary photograph (up to 15 MB) in the phone's album and retry. What was saved is untouched.",
    /// A visit has as many photographs as it may.
    ManyPictures => "一次走访最多放 5 张照片，这一张没有加进去；请先去掉一张再加。",
        "A visit takes at most 5 photographs and this one was not added; take one out first.",
    /// A broken invariant: a defect of ours.
    Bug => "程序出了差错，已保存的内容不受影响；请重新打开童档，并把编号告诉区中心。",
        "The program made a mistake; what was saved is untouched. Open Tongdang again and tell the centre the number.",
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::speaks_both;

    #[test]
    fn every_fault_is_said_in_both_languages() {
        for code in Code::ALL {
            assert!(speaks_both(code.text(), code.en()) && code.en().ends_with('.'), "{code:?}: {}", code.en());
        }
    }
}
