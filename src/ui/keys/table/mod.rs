//! The rows, context by context, in the order in which the footer and the help show them.

mod dialogs;
mod everywhere;
mod panels;

use std::sync::LazyLock;

use super::{Argument, Binding, Context};
use crate::ui::action::{
    Action, BreakAction, ChartAction, LaneAction, ListAction, MapAction, ParamAction, RasterAction,
    RunAction, ScreenAction, StartAction, TextAction,
};

/// All rows.
pub static TABLE: LazyLock<Vec<Binding>> =
    LazyLock::new(|| [everywhere::EVERYWHERE, panels::PANELS, dialogs::DIALOGS].concat());

const fn row(
    id: &'static str,
    context: Context,
    keys: &'static [&'static str],
    action: Action,
) -> Binding {
    Binding {
        id,
        context,
        keys,
        action,
        help: "",
        hint: "",
        paired: false,
        argument: Argument::None,
        typed: false,
    }
}

const fn view(id: &'static str, keys: &'static [&'static str], number: usize) -> Binding {
    row(
        id,
        Context::Global,
        keys,
        screen(ScreenAction::View(number)),
    )
    .says("the view of that number")
}

impl Binding {
    const fn hint(self, hint: &'static str) -> Self {
        Self { hint, ..self }
    }

    const fn pair(self, hint: &'static str) -> Self {
        Self {
            hint,
            paired: true,
            ..self
        }
    }

    const fn says(self, help: &'static str) -> Self {
        Self { help, ..self }
    }

    const fn typed(self, argument: Argument) -> Self {
        Self {
            argument,
            typed: true,
            ..self
        }
    }
}

const fn run(action: RunAction) -> Action {
    Action::Run(action)
}

const fn screen(action: ScreenAction) -> Action {
    Action::Screen(action)
}

const fn param(action: ParamAction) -> Action {
    Action::Param(action)
}

const fn chart(action: ChartAction) -> Action {
    Action::Chart(action)
}

const fn map(action: MapAction) -> Action {
    Action::Map(action)
}

const fn raster(action: RasterAction) -> Action {
    Action::Raster(action)
}

const fn list(action: ListAction) -> Action {
    Action::List(action)
}

const fn start(action: StartAction) -> Action {
    Action::Start(action)
}

const fn breaks(action: BreakAction) -> Action {
    Action::Break(action)
}

const fn lane(action: LaneAction) -> Action {
    Action::Lane(action)
}

const fn text(action: TextAction) -> Action {
    Action::Text(action)
}
