//! The views of a run: the overview, one for each word in the model's panel table, the log.

use crate::models::Description;

/// What has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    Parameters,
    /// Number in the panel table.
    Panel(usize),
    Log,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabKind {
    Overview,
    Model,
    Log,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab {
    pub name: String,
    pub kind: TabKind,
    /// Numbers in the panel table, the most important first.
    pub panels: Vec<usize>,
    pub focus: Focus,
}

/// The tabs of a model.
pub fn tabs(description: &Description) -> Vec<Tab> {
    let panels = &description.panels;
    let mut chosen: Vec<usize> = (0..panels.len())
        .filter(|&i| panels[i].overview > 0)
        .collect();
    chosen.sort_by_key(|&i| panels[i].overview);
    let mut tabs = vec![tab("Overview", TabKind::Overview, chosen)];
    for (i, panel) in panels.iter().enumerate() {
        let name = panel.view.trim();
        if name.is_empty() || name == "Overview" {
            continue;
        }
        match tabs.iter_mut().find(|tab| tab.name == name) {
            Some(tab) => tab.panels.push(i),
            None => tabs.push(tab(name, TabKind::Model, vec![i])),
        }
    }
    tabs.push(Tab {
        focus: Focus::Log,
        ..tab("Log", TabKind::Log, Vec::new())
    });
    tabs
}

fn tab(name: &str, kind: TabKind, panels: Vec<usize>) -> Tab {
    Tab {
        name: name.to_owned(),
        kind,
        panels,
        focus: Focus::Parameters,
    }
}
