//! Synapses as arrays.

use super::model::Balanced;
use super::sizes::Block;
use crate::models::array::{Array, Numbers};

/// For each block `ee`, `ei`, `ie`, `ii` (post, pre) its columns one after the other, as
/// `scipy.sparse.csc_matrix((weight_ee, post_ee, start_ee))` takes them: weights `sqrt(N) J` in mV,
/// postsynaptic cells, where each presynaptic cell's synapses begin and, last, their count.
pub fn of(model: &Balanced) -> Vec<Array> {
    let root = model.settings.root_n();
    let mut arrays = Vec::new();
    for block in Block::ALL {
        let wires = model.network.wires(block);
        let count = model.network.synapses(block);
        let (mut weights, mut column) = (Vec::with_capacity(count), Vec::new());
        for k in 0..wires.pres() {
            model.network.column(block, k, &mut column);
            weights.extend(column.iter().map(|j| (root * f64::from(*j)) as f32));
        }
        let posts = (0..count)
            .map(|synapse| wires.target(synapse) as u32)
            .collect();
        let starts = (0..wires.pres()).map(|k| wires.column(k).start);
        let starts = starts.chain([wires.count()]).map(|start| start as u64);
        let starts: Vec<u64> = starts.collect();
        let name = |what: &str| format!("{what}_{}", block.name());
        arrays.push(Array::new(name("weight"), &[count], Numbers::F32(weights)));
        arrays.push(Array::new(name("post"), &[count], Numbers::U32(posts)));
        arrays.push(Array::new(
            name("start"),
            &[starts.len()],
            Numbers::U64(starts),
        ));
    }
    arrays
}
