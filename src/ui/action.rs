//! What a key or a typed command makes the screen do.

use crate::engine::Target;
use crate::models::param::Stride;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    Run(RunAction),
    Screen(ScreenAction),
    Param(ParamAction),
    Chart(ChartAction),
    Map(MapAction),
    Raster(RasterAction),
    Panel(PanelAction),
    List(ListAction),
    Start(StartAction),
    Dialog(DialogAction),
    Break(BreakAction),
    Lane(LaneAction),
    Text(TextAction),
}

/// Asks the run for something.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RunAction {
    TogglePause,
    StepQuantum,
    StepUnit,
    /// Flat out, or the pace at which one can watch.
    TogglePace,
    /// Slow motion, or the pace at which one can watch.
    ToggleSlow,
    NextVariant,
    ResetSameSeed,
    ResetNewSeed,
    Mark,
    /// Switches the stimulus on or off, where the model has one.
    Stimulate,
    Undo,
    Redo,
    /// Writes the state of a run that is recorded.
    Checkpoint,
    /// So many units.
    Back(u64),
    /// To a place in a recording.
    GoTo(Target),
    /// So many times the pace.
    Faster(f64),
}

/// Changes what is on the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ScreenAction {
    Freeze,
    /// 1 is the first.
    View(usize),
    NextPanel,
    PreviousPanel,
    FocusParameters,
    Zoom,
    Repaint,
    Help,
    /// Opens the command line with so much already typed.
    Palette(&'static str),
    Breakpoints,
    AskReset,
    /// Leaves when nothing is at stake, else asks.
    AskQuit,
    /// Asks first, leaves the second time.
    Interrupt,
    /// Asks in which form the panel under focus goes into a file.
    AskExport,
    Export(super::export::Form),
    /// Gives the terminal back to the shell until `fg`.
    Suspend,
    /// Leaves; the run goes on without a screen.
    Detach,
    /// Takes the wheel from whoever has it.
    Steer,
    /// Shows what the line to the terminal carries.
    Link,
    /// Switches the mouse on or off.
    Mouse,
}

/// What is done to the list of breakpoints.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BreakAction {
    Move(i32),
    Switch,
    Remove,
    Add,
}

/// What is done with the lanes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LaneAction {
    Fork,
    /// So many lanes on.
    Turn(i32),
    Compare,
    /// In step, or freely.
    ToggleStep,
    Kill,
    Promote,
    /// Median and band, or every lane.
    Fold,
    /// Heat maps of one lane minus another.
    Difference,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParamAction {
    /// So many rows down (negative: up).
    Select(i32),
    First,
    Last,
    Nudge(i32, Stride),
    Edit,
    Default,
}

/// What is done to the charts over time, which share one stretch of time and one crosshair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ChartAction {
    ZoomIn,
    ZoomOut,
    /// To the right (negative: left), by a tenth of what is shown or by a step of the crosshair.
    Move(i32),
    Oldest,
    Newest,
    /// Everything up to now, growing.
    Live,
    ToggleLog,
    Smoothing,
    Crosshair,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum MapAction {
    ZoomIn,
    ZoomOut,
    Fit,
    /// Rows down and columns to the right; moves the cursor when it is shown.
    Move(i32, i32),
    Cursor,
    Reduction,
    HoldScale,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RasterAction {
    /// So many cells down (negative: up).
    Move(i32),
    /// Looks closely at the cell under the cursor.
    Pick,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum PanelAction {
    NextItem,
    PreviousItem,
}

/// Moves through a list or a text that is longer than its place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ListAction {
    Lines(i32),
    Pages(i32),
    First,
    Last,
    Filter,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StartAction {
    Open,
    NextVariant,
    PreviousVariant,
    Leave,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DialogAction {
    Close,
    /// Enter in a line that is being typed.
    Accept,
    Leave,
    SaveFirst,
}

/// Editing a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum TextAction {
    Type(char),
    Left,
    Right,
    Home,
    End,
    Backspace,
    Delete,
    EraseWord,
    EraseAll,
    /// Up and down: earlier and later lines, or the candidates.
    Earlier,
    Later,
    Complete,
}
