//! Why a sweep cannot be read or made.

use thiserror::Error;

use crate::preset::PresetError;
use crate::record::RecordError;

#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SweepError {
    #[error(transparent)]
    Plan(#[from] PresetError),
    #[error(transparent)]
    Folder(#[from] RecordError),
}
