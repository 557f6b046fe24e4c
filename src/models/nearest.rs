//! What somebody may have meant.

/// Characters that are looked at; no name is longer.
const LONGEST: usize = 64;

/// The candidate most like `word`, where one is like it at all.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: String = word
        .chars()
        .take(LONGEST)
        .collect::<String>()
        .to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (likeness(&word, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// ", did you mean `x`?" or nothing, to be put behind a complaint.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |found| format!(", did you mean `{found}`?"))
}

/// 1 for the same word. A beginning or a part of a name counts as like the name.
fn likeness(word: &str, candidate: &str) -> f64 {
    let edits = strsim::normalized_damerau_levenshtein(word, candidate);
    let part = word.len() > 2 && candidate.contains(word);
    if part { edits.max(0.7) } else { edits }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["eta", "learning_rate", "batch", "learn"];

    #[test]
    fn slips_of_the_finger_and_beginnings_are_understood() {
        for (typed, meant) in [
            ("etta", "eta"),
            ("learnig_rate", "learning_rate"),
            ("rate", "learning_rate"),
            ("BATHC", "batch"),
            ("learn", "learn"),
        ] {
            assert_eq!(nearest(typed, NAMES), Some(meant), "{typed}");
        }
    }

    #[test]
    fn nothing_is_made_up() {
        assert_eq!(nearest("momentum", NAMES), None);
        assert_eq!(nearest("", NAMES), None);
        assert_eq!(did_you_mean("x", []), "");
    }
}
