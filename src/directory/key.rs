//! What names something in a directory: an id, or no id at all.

/// An id to look up. What names no id is found nowhere: a text, for example, that is none in this directory.
pub(crate) trait Key: Copy {
    /// What is looked up.
    type Id: ?Sized;

    /// The id, if there is one.
    fn id(&self) -> Option<&Self::Id>;
}

impl<Q: ?Sized> Key for &Q {
    type Id = Q;

    #[inline]
    fn id(&self) -> Option<&Q> {
        Some(self)
    }
}

impl<Q: ?Sized> Key for Option<&Q> {
    type Id = Q;

    #[inline]
    fn id(&self) -> Option<&Q> {
        *self
    }
}
