//! What a sweep is to do: the text of a plan becomes points, which are counted before any is made.
//!
//! Points are every combination of the entries of `[[point]]`, the axes of `[grid]`, the draws of
//! `[random]` and the seeds; the seed changes from each point to the next.

use std::path::Path;

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use toml::de::{DeTable, DeValue};

use super::axis::{Axis, Taken, value};
use crate::data::text;
use crate::models::nearest::did_you_mean;
use crate::models::table::{ParamSpec, Value};
use crate::models::values::find;
use crate::models::{self, Family};
use crate::preset::fields::{Fields, Given, Source, integer};
use crate::preset::{Preset, PresetError};

/// No sweep has more.
pub const MOST_POINTS: u64 = 100_000;

const KEYS: [&str; 7] = [
    "preset", "length", "seeds", "report", "grid", "random", "point",
];

#[derive(Clone, Debug)]
pub struct Plan {
    /// What every point has in common.
    pub preset: Preset,
    /// Metrics that the summary shows; empty leaves the choice to the program.
    pub report: Vec<String>,
    seeds: Seeds,
    /// The parameters that differ from point to point.
    columns: Vec<String>,
    /// One value for each of the first columns, where it is given.
    list: Vec<Vec<Option<Value>>>,
    grid: Vec<Axis>,
    random: Option<Random>,
    points: u64,
}

#[derive(Clone, Debug)]
enum Seeds {
    Counted { first: u64, count: u64 },
    Listed(Vec<u64>),
}

#[derive(Clone, Debug)]
struct Random {
    points: u64,
    seed: u64,
    axes: Vec<Axis>,
}

/// One run of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// From 0.
    pub index: u64,
    pub seed: u64,
    /// One for each of [`Plan::columns`]; what is not given is as the preset has it.
    pub values: Vec<Option<Value>>,
}

impl Plan {
    /// Reads `content`; `file` is for messages, and `open` finds the preset that the plan names.
    /// # Errors
    /// Names the line and the key, what would be accepted, and the nearest name; also when there
    /// would be more than [`MOST_POINTS`].
    pub fn parse(
        file: &str,
        content: &str,
        open: &dyn Fn(&str) -> Result<Preset, PresetError>,
    ) -> Result<Self, PresetError> {
        let source = Source::new(file, content);
        let root = DeTable::parse(content).map_err(|error| {
            let line = error.span().map_or(1, |span| source.line(&span));
            source.error(line, text::line(error.message()))
        })?;
        let fields = Fields::open(&source, "", 1, root.get_ref(), &KEYS)?;
        let wanted = fields.required("preset", fields.string("preset")?)?;
        let mut preset =
            open(&wanted.value).map_err(|error| fields.error(wanted.line, error.to_string()))?;
        if let Some(length) = fields.integer("length", 1..=1 << 53)? {
            preset.length = length.value;
        }
        let family = models::family(&preset.model).expect("a resolved preset has a family");
        let mut columns = Vec::new();
        let list = listed(&fields, family, &mut columns)?;
        let grid = match fields.table("grid")? {
            Some(table) => axes(&fields.inside(&table), family, &mut columns, Taken::Counted)?,
            None => Vec::new(),
        };
        let random = match fields.table("random")? {
            Some(table) => Some(random(&fields, &table, family, &mut columns)?),
            None => None,
        };
        let mut plan = Self {
            report: report(&fields)?,
            seeds: seeds(&fields, preset.seed)?,
            preset,
            columns,
            list,
            grid,
            random,
            points: 0,
        };
        plan.points = plan.counted().map_err(|what| fields.error(1, what))?;
        for axis in &plan.grid {
            axis.check_distinct(&fields)?;
        }
        Ok(plan)
    }

    /// Ids of the parameters that differ.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// How many there are.
    pub fn points(&self) -> u64 {
        self.points
    }

    /// Points that differ in nothing but the seed follow each other, so many of them.
    pub fn seeds(&self) -> u64 {
        self.seeds.len()
    }

    /// The point with this number, which is below [`points`](Self::points).
    pub fn point(&self, index: u64) -> Point {
        let mut rest = index;
        let mut take = |length: u64| {
            let digit = rest % length;
            rest /= length;
            digit
        };
        let seed = self.seeds.at(take(self.seeds.len()));
        let mut drawn = Vec::new();
        if let Some(random) = &self.random {
            let mut rng = ChaCha8Rng::seed_from_u64(random.seed);
            rng.set_stream(take(random.points));
            let share = |bits: u64| (bits >> 11) as f64 / (1u64 << 53) as f64;
            let axes = random.axes.iter();
            drawn.extend(axes.map(|axis| Some(axis.drawn(share(rng.next_u64())))));
        }
        let mut grid: Vec<_> = self.grid.iter().rev().collect();
        let mut combined: Vec<_> = grid
            .drain(..)
            .map(|axis| Some(axis.at(take(axis.len()))))
            .collect();
        combined.reverse();
        let mut values = self.list.get(rest as usize).cloned().unwrap_or_default();
        values.append(&mut combined);
        values.append(&mut drawn);
        Point {
            index,
            seed,
            values,
        }
    }

    /// The experiment of a point.
    pub fn preset_of(&self, point: &Point) -> Preset {
        let mut preset = self.preset.clone();
        preset.seed = point.seed;
        for (id, value) in self.columns.iter().zip(&point.values) {
            if let Some(value) = value {
                preset.values.set(id.as_str(), value.clone());
            }
        }
        preset
    }

    fn counted(&self) -> Result<u64, String> {
        let listed = (self.list.len() as u64).max(1);
        let drawn = self.random.as_ref().map_or(1, |random| random.points);
        let factors = [listed, drawn, self.seeds.len()].into_iter();
        let all = factors
            .chain(self.grid.iter().map(Axis::len))
            .try_fold(1u128, |all, factor| all.checked_mul(factor.into()));
        let figure = match all {
            Some(all) if all <= MOST_POINTS.into() => return Ok(all as u64),
            Some(all) => all.to_string(),
            None => format!("more than {}", u128::MAX),
        };
        Err(format!(
            "the plan has {figure} points; the most is {MOST_POINTS}"
        ))
    }
}

impl Seeds {
    fn len(&self) -> u64 {
        match self {
            Self::Counted { count, .. } => *count,
            Self::Listed(seeds) => seeds.len() as u64,
        }
    }

    fn at(&self, i: u64) -> u64 {
        match self {
            Self::Counted { first, .. } => first.wrapping_add(i),
            Self::Listed(seeds) => seeds[i as usize],
        }
    }
}

/// What the plan at `path` calls `wanted`: a path is meant from where the plan lies.
pub fn beside(path: &Path, wanted: &str) -> String {
    let is_path = wanted.contains('/') || wanted.ends_with(".toml") || wanted.contains(".toml:");
    match path.parent() {
        Some(folder) if is_path && !Path::new(wanted).is_absolute() => {
            let there = folder.join(wanted);
            // A bare name would be that of a preset that is compiled in.
            let there = if there.parent() == Some(Path::new("")) {
                Path::new(".").join(there)
            } else {
                there
            };
            there.display().to_string()
        }
        _ => wanted.to_owned(),
    }
}

fn spec(fields: &Fields, family: &Family, id: &str, line: usize) -> Result<ParamSpec, PresetError> {
    let Some((spec, layer)) = find(family.params, id) else {
        let what = format!(
            "`{}` is no parameter of {}{}; `hebbtop params {}` lists them",
            text::line(id),
            family.id,
            did_you_mean(id, family.params.iter().map(|spec| spec.id.as_ref())),
            family.id
        );
        return Err(fields.error(line, what));
    };
    Ok(layer.map_or_else(|| spec.clone(), |layer| spec.for_layer(layer)))
}

/// The rows of a table of parameters, each new among `columns`.
fn axes(
    table: &Fields,
    family: &Family,
    columns: &mut Vec<String>,
    taken: Taken,
) -> Result<Vec<Axis>, PresetError> {
    let mut axes = Vec::new();
    for (key, value) in table.in_order() {
        let (id, line) = (key.get_ref().as_ref(), table.line_of(&key.span()));
        let spec = spec(table, family, id, line)?;
        if columns.iter().any(|other| other == id) {
            let what = format!("`{id}` is given in another place of the plan already");
            return Err(table.error(line, what));
        }
        columns.push(id.to_owned());
        axes.push(Axis::read(table, spec, value, taken)?);
    }
    Ok(axes)
}

fn listed(
    fields: &Fields,
    family: &Family,
    columns: &mut Vec<String>,
) -> Result<Vec<Vec<Option<Value>>>, PresetError> {
    let tables = fields.tables("point")?.unwrap_or_default();
    let mut rows = Vec::new();
    for table in &tables {
        let entry = fields.inside(table);
        let mut row: Vec<(usize, Value)> = Vec::new();
        for (key, given) in entry.in_order() {
            let (id, line) = (key.get_ref().as_ref(), entry.line_of(&key.span()));
            let spec = spec(&entry, family, id, line)?;
            let value = value(&spec, given.get_ref()).map_err(|what| entry.error(line, what))?;
            let column = match columns.iter().position(|other| other == id) {
                Some(column) => column,
                None => {
                    columns.push(id.to_owned());
                    columns.len() - 1
                }
            };
            row.push((column, value));
        }
        rows.push(row);
    }
    let cells = (rows.len() as u64).saturating_mul(columns.len() as u64);
    if cells > MOST_CELLS {
        let what = format!(
            "[[point]] would make a table of {cells} cells, {} parameters wide; the most is \
             {MOST_CELLS}",
            columns.len()
        );
        return Err(fields.error(1, what));
    }
    let wide = |row: Vec<(usize, Value)>| {
        let mut cells = vec![None; columns.len()];
        for (column, value) in row {
            cells[column] = Some(value);
        }
        cells
    };
    Ok(rows.into_iter().map(wide).collect())
}

/// A list in which every entry names other parameters would take the square of its own size.
const MOST_CELLS: u64 = 1 << 18;

fn random(
    fields: &Fields,
    table: &Given<&DeTable>,
    family: &Family,
    columns: &mut Vec<String>,
) -> Result<Random, PresetError> {
    let inside = fields.entry("[random]", table, &["points", "seed", "parameters"])?;
    let points = inside.required("points", inside.integer("points", 1..=u64::MAX)?)?;
    let seed = inside.integer("seed", 0..=u64::MAX)?;
    let parameters = inside.required("parameters", inside.table("parameters")?)?;
    Ok(Random {
        points: points.value,
        seed: seed.map_or(0, |seed| seed.value),
        axes: axes(&inside.inside(&parameters), family, columns, Taken::Drawn)?,
    })
}

fn seeds(fields: &Fields, first: u64) -> Result<Seeds, PresetError> {
    let allowed = "how many seeds, or a list of different ones such as [1, 2, 3]";
    let one = |value: &DeValue| integer(value).and_then(|n| u64::try_from(n).ok());
    let given = fields.either("seeds", allowed, |value| match value {
        DeValue::Array(entries) if !entries.is_empty() => {
            let seeds: Option<Vec<u64>> = entries.iter().map(|seed| one(seed.get_ref())).collect();
            let seeds = seeds?;
            let mut sorted = seeds.clone();
            sorted.sort_unstable();
            let distinct = sorted.windows(2).all(|pair| pair[0] != pair[1]);
            distinct.then_some(Seeds::Listed(seeds))
        }
        _ => one(value)
            .filter(|&count| count > 0)
            .map(|count| Seeds::Counted { first, count }),
    })?;
    Ok(given.map_or(Seeds::Counted { first, count: 1 }, |given| given.value))
}

fn report(fields: &Fields) -> Result<Vec<String>, PresetError> {
    let allowed = "a list of metrics, such as [\"accuracy\", \"loss\"]";
    let given = fields.either("report", allowed, |value| match value {
        DeValue::Array(entries) => entries
            .iter()
            .map(|entry| match entry.get_ref() {
                DeValue::String(words) => Some(text::line(words)),
                _ => None,
            })
            .collect(),
        _ => None,
    })?;
    Ok(given.map_or_else(Vec::new, |given| given.value))
}
