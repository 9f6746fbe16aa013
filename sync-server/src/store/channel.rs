//! Channels as bytes, for stores. It must not decide who hears what.

use domain::roster::Channel;

/// The bytes of a channel: a tag, then the area code or the post id. Frozen with the store.
pub fn to_bytes(channel: Channel) -> Vec<u8> {
    let (tag, rest): (u8, Vec<u8>) = match channel {
        Channel::Everyone => (0, Vec::new()),
        Channel::Street(area) => (1, area.code().to_be_bytes().to_vec()),
        Channel::Post(post) => (2, post.as_bytes().to_vec()),
        Channel::Station(area) => (3, area.code().to_be_bytes().to_vec()),
        Channel::District => (4, Vec::new()),
    };
    std::iter::once(tag).chain(rest).collect()
}
