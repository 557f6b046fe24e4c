//! Selecting and changing parameters.

use super::Effect;
use crate::engine::Command;
use crate::models::param::{Stride, display};
use crate::models::table::{Kind, Value};
use crate::ui::action::ParamAction;
use crate::ui::state::State;
use crate::ui::state::dialog::Dialog;
use crate::ui::state::field::Field;
use crate::ui::state::run::{Run, Tone};

pub fn update(state: &mut State, action: ParamAction) -> Vec<Effect> {
    let Some(run) = &mut state.run else {
        return Vec::new();
    };
    let count = run.description().map_or(0, |table| table.params.len());
    if count == 0 {
        return Vec::new();
    }
    let param = run.params.selected;
    match action {
        ParamAction::Select(by) => {
            let there = (param as i64 + i64::from(by)).clamp(0, count as i64 - 1);
            run.params.selected = there as usize;
            Vec::new()
        }
        ParamAction::First => {
            run.params.selected = 0;
            Vec::new()
        }
        ParamAction::Last => {
            run.params.selected = count - 1;
            Vec::new()
        }
        ParamAction::Nudge(steps, stride) if run.replayed().is_some() => {
            super::replay::scrub(run, steps, stride)
        }
        ParamAction::Nudge(steps, stride) => nudge(run, param, steps, stride),
        ParamAction::Default => to_default(run, param),
        ParamAction::Edit => edit(state, param),
    }
}

/// The value that the next change starts from.
fn present(run: &Run, param: usize) -> Option<Value> {
    let (value, _) = run.params.shown(run.frame.as_ref()?, param)?;
    Some(value.clone())
}

fn nudge(run: &mut Run, param: usize, steps: i32, stride: Stride) -> Vec<Effect> {
    let Some((spec, value)) = run.spec(param).cloned().zip(present(run, param)) else {
        return Vec::new();
    };
    let moved = spec.nudge(&value, steps, stride);
    if moved != value {
        return set(run, param, moved);
    }
    match spec.kind {
        Kind::Words => run.say(Tone::Plain, format!("{} is text: enter types it", spec.id)),
        _ => {
            let words = format!("{} is at its bound: {}", spec.id, spec.allowed());
            run.say(Tone::Plain, words);
        }
    }
    Vec::new()
}

/// Turns the switch called `id`, which not every model has.
pub fn toggle(run: &mut Run, id: &str) -> Vec<Effect> {
    let number = run.description().and_then(|table| table.param(id));
    let Some((param, Value::Switch(on))) = number.and_then(|n| Some((n, present(run, n)?))) else {
        run.say(Tone::Plain, format!("this model has no `{id}`"));
        return Vec::new();
    };
    set(run, param, Value::Switch(!on))
}

/// Back to the default of the table.
pub fn to_default(run: &mut Run, param: usize) -> Vec<Effect> {
    let Some((spec, value)) = run.spec(param).cloned().zip(present(run, param)) else {
        return Vec::new();
    };
    if spec.default == value {
        let words = format!("{} has its default, {}", spec.id, display(&value));
        run.say(Tone::Plain, words);
        return Vec::new();
    }
    set(run, param, spec.default)
}

/// Sends a value that the table allows.
pub fn set(run: &mut Run, param: usize, value: Value) -> Vec<Effect> {
    let Some(spec) = run.spec(param).filter(|_| !run.gone) else {
        return Vec::new();
    };
    let id = spec.id.to_string();
    run.params.draft(param, value.clone());
    vec![Effect::Send(Command::Set { id, value })]
}

fn edit(state: &mut State, param: usize) -> Vec<Effect> {
    let Some(run) = &mut state.run else {
        return Vec::new();
    };
    let Some((spec, value)) = run.spec(param).zip(present(run, param)) else {
        return Vec::new();
    };
    if spec.kind == Kind::Switch {
        return nudge(run, param, 1, Stride::Fine);
    }
    // A number is typed anew; a text is changed.
    let field = match (&spec.kind, &value) {
        (Kind::Words, Value::Words(words)) => Field::new(words),
        _ => Field::default(),
    };
    state.dialog = Some(Dialog::Value {
        param,
        field,
        refusal: None,
    });
    Vec::new()
}

/// Enter behind a typed value: sends it, or says why it is none and lets it be mended.
pub fn typed(state: &mut State, param: usize, field: Field) -> Vec<Effect> {
    let Some(run) = &mut state.run else {
        return Vec::new();
    };
    let Some(spec) = run.spec(param) else {
        return Vec::new();
    };
    if field.text().trim().is_empty() {
        return Vec::new();
    }
    match spec.parse(field.text()) {
        Ok(value) => set(run, param, value),
        Err(refusal) => {
            state.dialog = Some(Dialog::Value {
                param,
                field,
                refusal: Some(refusal.to_string()),
            });
            Vec::new()
        }
    }
}
