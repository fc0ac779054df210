/** The look of the report: follows the reader's light or dark setting, fits a telephone and a printed page. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1c2329; --soft: #59636e; --line: #d5dbe1; --shade: #f3f5f7;
  --good: #1a7f4b; --bad: #c0352b; --open: #9a6200; --down: #f6d9a8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181c; --ink: #e3e8ec; --soft: #9aa5b0; --line: #343c45; --shade: #1e242a;
    --good: #4cc38a; --bad: #ff7b6e; --open: #e2a93b; --down: #5a431a;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 72rem;
  background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif; overflow-wrap: anywhere;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
p.move { margin: 0 0 1.25rem; color: var(--soft); }
dl.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin: 0; }
dl.figures div { background: var(--shade); border-radius: 6px; padding: .6rem .8rem; }
dt { color: var(--soft); font-size: .82rem; }
dd { margin: 0; font-weight: 600; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
.wide:focus-visible { outline: 2px solid var(--open); }
table { border-collapse: collapse; width: 100%; font-size: .88rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); }
td.text { min-width: 9rem; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
.number { text-align: right; width: 1%; font-variant-numeric: tabular-nums; white-space: nowrap; }
.badge { font-weight: 600; white-space: nowrap; color: var(--open); }
.badge.match, .badge.pass, .badge.verified, .badge.finished, .badge.succeeded { color: var(--good); }
.badge.differ, .badge.fail, .badge.failed, .badge.undo-failed { color: var(--bad); }
.badge.pending, .badge.undone { color: var(--soft); }
.timeline { display: block; overflow: hidden; font-size: 13px; }
.timeline text { fill: var(--ink); }
.timeline .axis { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.timeline .track { fill: var(--shade); }
.timeline .bar { fill: var(--open); }
.timeline .verified, .timeline .succeeded { fill: var(--good); }
.timeline .failed, .timeline .undo-failed { fill: var(--bad); }
.timeline .undone { fill: var(--soft); }
.timeline .downtime { fill: var(--down); }
pre { background: var(--shade); border-radius: 6px; padding: .7rem .8rem; overflow-x: auto; white-space: pre-wrap; font-size: .82rem; }
li { margin-bottom: .4rem; }
footer { margin-top: 3rem; color: var(--soft); font-size: .82rem; }
@media (max-width: 36rem) { body { padding: 1rem .75rem 3rem; } h1 { font-size: 1.25rem; } }
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; }
  .wide { overflow: visible; }
  h2, tr, li, .timeline { break-inside: avoid; }
  .timeline rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
