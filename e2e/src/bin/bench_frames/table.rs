//! The figures beside what is required of them.

use crate::trace::Work;
pub(crate) struct Row(pub(crate) String);
pub(crate) fn render(rows: &[Row]) -> String { rows.iter().map(|r| r.0.clone()).collect::<Vec<_>>().join("\n") }
pub(crate) fn rows(what: &str, work: &Work) -> Vec<Row> {
    let p = |v: &[f64], q: f64| { let mut s=v.to_vec(); s.sort_by(f64::total_cmp); s.get(((s.len() as f64 -1.0)*q) as usize).copied().unwrap_or(-1.0) };
    let busy: Vec<f64> = work.frames.iter().copied().filter(|f| *f>0.0).collect();
    vec![Row(format!("{what}: frames {} busy {} p50 {:.2} p95 {:.2} p99 {:.2} max {:.2}; busy p50 {:.2} p95 {:.2}; cpu p95 {:.2} max {:.2}; longest task {:.1}; kinds {:?}", work.frames.len(), busy.len(), p(&work.frames,0.5), p(&work.frames,0.95), p(&work.frames,0.99), p(&work.frames,1.0), p(&busy,0.5), p(&busy,0.95), p(&work.thread,0.95), p(&work.thread,1.0), p(&work.tasks,1.0), work.kinds))]
}
