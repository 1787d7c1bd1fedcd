//! Words that pages show.

use shipgate::Visibility;

/// What was just done, as the page says that is shown next: by a word in its address, so that no address can put text of its own
/// onto a page.
pub(crate) fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "created" => "It was created.",
        "changed" => "It was changed. The change counts from now on.",
        "removed" => "It was removed.",
        "added" => "It was added.",
        "revoked" => "It was revoked. It cannot be used any more.",
        "joined" => "You are a member now.",
        "requested" => "The deployment was requested. It waits for approval.",
        "started" => "The deployment was started.",
        "approved" => "You approved the deployment.",
        "rejected" => "You rejected the deployment.",
        "canceled" => "The deployment was canceled.",
        "kept" => "Your decisions were stored: these lines are kept.",
        "decided" => "Your decision was stored.",
        "opened" => "The review was opened.",
        "closed" => "The review was closed.",
        _ => return None,
    })
}

/// A word of the wire, such as `manage_members`, as people read it.
pub(crate) fn readable(word: &str) -> String {
    word.replace('_', " ")
}

/// The same, with a capital letter.
pub(crate) fn capital(word: &str) -> String {
    let word = readable(word);
    let mut characters = word.chars();
    characters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), characters.as_str()))
}

/// What a member is called that is no person.
pub(crate) const PROGRAM: &str = "program";

/// Who sees a cluster or a project.
pub(crate) fn visibility(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Organization => "every member",
        Visibility::Members => "those with access",
    }
}

/// Who can see a cluster or a project, as a choice.
pub(crate) fn visibilities() -> Vec<(String, String)> {
    let all = Visibility::ALL.into_iter();
    all.map(|seen| (seen.as_str().to_owned(), capital(visibility(seen)))).collect()
}

/// Words of the wire, as a choice.
pub(crate) fn choices<'a>(words: impl IntoIterator<Item = &'a str>) -> Vec<(String, String)> {
    words.into_iter().map(|word| (word.to_owned(), capital(word))).collect()
}
