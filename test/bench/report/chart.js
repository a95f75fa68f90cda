import { subjects } from '../subjects/index.js';
import { cost } from './summary.js';

const WIDTH = 860;
const LABELS = 350;
const BAR = 20;
const GAP = 8;
const TOP = 56;
const FIGURES = 60;
/** Between the edge and what is drawn. */
const EDGE = 16;
/** Targets of `calculate`, as ratios to the bare Express echo. */
const TARGETS = { stateless: 0.75, memory: 0.6, redis: 0.35 };
const ECHO = 'express-echo';

/**
 * What everyone answers `calculate` with, in an SVG: one bar each, relative to the bare Express echo, our targets marked. It has a
 * background of its own: a page may be dark while the system that colours the text is light.
 */
export function drawChart(results) {
  const bars = Object.entries(subjects)
    .filter(([name]) => name !== 'node-echo')
    .map(([name, { title, ours }]) => ({
      name,
      title: title.replaceAll('`', ''),
      ours,
      value: name === ECHO ? 1 : 1 / cost(results, { subject: name, work: 'calculate' }, { subject: ECHO }),
    }))
    .filter(({ value }) => Number.isFinite(value));
  const longest = Math.max(...bars.map(({ value }) => value));
  const height = TOP + bars.length * (BAR + GAP) + GAP;
  const { machine, date } = results;
  const [wide, high] = [WIDTH, height].map((side) => side + 2 * EDGE);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-EDGE} ${-EDGE} ${wide} ${high}" width="${wide}" height="${high}" role="img" aria-labelledby="title">
<title id="title">calculate: calls for the CPU time of one bare Express echo</title>
<style>
  .paper { fill: #ffffff }
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .head { font-size: 15px; font-weight: 600 }
  .about { font-size: 11px; fill: #6e7781 }
  .ours { fill: #0969da } .other { fill: #afb8c1 } .target { stroke: #cf222e; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } text { fill: #e6edf3 } .about { fill: #8d96a0 } .ours { fill: #4493f8 } .other { fill: #484f58 } .target { stroke: #f85149 }
  }
</style>
<rect class="paper" x="${-EDGE}" y="${-EDGE}" width="${wide}" height="${high}" rx="6"/>
<text class="head" x="0" y="18">calculate: calls for the CPU time of one bare Express echo (longer is better)</text>
<text class="about" x="0" y="38">${escape(`${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, ${date.slice(0, 10)}; a red line is the target`)}</text>
${bars.map((bar, index) => drawBar(bar, index, longest)).join('\n')}
</svg>
`;
}

function drawBar({ name, title, ours, value }, index, longest) {
  const y = TOP + index * (BAR + GAP);
  const length = (share) => Math.round((share / longest) * (WIDTH - LABELS - FIGURES));
  const target = TARGETS[name];
  const x = LABELS + (target === undefined ? 0 : length(target));
  return [
    `<text x="${LABELS - 8}" y="${y + 15}" text-anchor="end">${escape(title)}</text>`,
    `<rect class="${ours ? 'ours' : 'other'}" x="${LABELS}" y="${y}" width="${Math.max(1, length(value))}" height="${BAR}" rx="2"/>`,
    ...(target === undefined ? [] : [`<line class="target" x1="${x}" x2="${x}" y1="${y - 2}" y2="${y + BAR + 2}"/>`]),
    `<text x="${LABELS + Math.max(length(value), target === undefined ? 0 : length(target)) + 8}" y="${y + 15}">${value.toFixed(2)}</text>`,
  ].join('');
}

function escape(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
