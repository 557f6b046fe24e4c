//! What lies over the screen and takes the keys.

use super::field::Field;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Lines scrolled.
    Help(usize),
    Quit,
    Reset,
    /// In which form a panel goes into a file.
    Export,
    /// What the line to the terminal carries.
    Link,
    /// The list, with the selected row.
    Breakpoints(usize),
    /// The table of the lanes, with its first row.
    Compare(usize),
    Palette(Palette),
    /// The value of the parameter of that number.
    Value {
        param: usize,
        field: Field,
        /// Why the text is no value.
        refusal: Option<String>,
    },
    /// The filter of the log.
    Filter(Field),
}

/// The command line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Palette {
    pub field: Field,
    /// The candidate that tab would take.
    pub chosen: usize,
    /// The line of the past that is shown, counted from the latest.
    pub recalled: Option<usize>,
    /// Why the line cannot be done.
    pub refusal: Option<String>,
}

impl Palette {
    pub fn new(text: &str) -> Self {
        Self {
            field: Field::new(text),
            ..Self::default()
        }
    }
}
