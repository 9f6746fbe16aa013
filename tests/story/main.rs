//! The offline scripts of the handbook (§11.3), told over the real client and the real server.
//! A story must not look inside a room; it says what people do and what they then see.

mod a_two_write_one_visit;
mod b_two_fields;
mod c_one_telephone;
mod canaries;
mod cloned_disk;
mod closed_file;
mod d_returned_and_supplemented;
mod danger;
mod doors;
mod e_found_twice;
mod erased;
mod f_new_post;
mod followed_up;
mod g_fast_clock;
mod h_eighteenth_birthday;
mod https;
mod i_cleared_and_edited;
mod j_two_assessments;
mod l_half_sent_attachment;
mod m_honest_day;
mod power_cut;
mod say;
mod stolen_computer;
