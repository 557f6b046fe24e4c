//! A model as the timing programs run it: built from words, advanced by units.

use anyhow::{Context, Result, bail};
use hebbtop::models::values::find;
use hebbtop::models::{Model, Progress, Setup, Values, family};

/// The model of this family with these `id=value` settings, on synthetic data.
/// # Errors
/// When there is no such family or parameter, or a value is not allowed.
pub fn build<'a>(
    family_id: &str,
    settings: impl IntoIterator<Item = &'a str>,
) -> Result<Box<dyn Model>> {
    let family = family(family_id).with_context(|| format!("no family `{family_id}`"))?;
    let mut values = Values::new();
    for setting in settings {
        let (id, typed) = setting.split_once('=').context("expected id=value")?;
        let (spec, _) = find(family.params, id).with_context(|| format!("no parameter `{id}`"))?;
        values.set(id, spec.parse(typed)?);
    }
    let setup = Setup {
        values,
        seed: 1,
        data: None,
    };
    Ok((family.build)(&setup)?)
}

/// One unit of work.
/// # Errors
/// When the model faults.
pub fn unit(model: &mut dyn Model) -> Result<()> {
    loop {
        match model.advance() {
            Progress::Continue => {}
            Progress::UnitDone => return Ok(()),
            Progress::Fault(fault) => bail!("{fault:?}"),
        }
    }
}
