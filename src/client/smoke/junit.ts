import type { SmokeReport, SmokeResult } from './report.js';

/** The report as JUnit XML, which CI systems read. A warning is a case that passed, with its words as what it wrote. */
export function renderJunit({ server, results, failed, skipped }: SmokeReport): string {
  const seconds = results.reduce((sum, { ms }) => sum + ms, 0) / 1_000;
  const name = `name="${escape(`mcp-calc client smoke ${server}`)}"`;
  const counts = `tests="${results.length}" failures="${failed}" skipped="${skipped}" errors="0" time="${seconds}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    // Some readers take no suite as the root.
    `<testsuites ${name} ${counts}>`,
    `<testsuite ${name} ${counts}>`,
    ...results.map(testCase),
    '</testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function testCase({ group, name, outcome, detail = '', ms }: SmokeResult): string {
  const open = `  <testcase classname="${escape(group)}" name="${escape(name)}" time="${ms / 1_000}"`;
  switch (outcome) {
    case 'passed':
      return `${open}/>`;
    case 'warned':
      return `${open}><system-out>warning: ${escape(detail)}</system-out></testcase>`;
    case 'failed':
      return `${open}><failure message="${escape(detail)}"/></testcase>`;
    case 'skipped':
      return `${open}><skipped message="${escape(detail)}"/></testcase>`;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML 1.0 has no place for most control characters, not even escaped, nor for the last two of the plane. */
function escape(text: string): string {
  return text
    .replace(/[^\P{Cc}\t\n\r]|[\ufffe\uffff]/gu, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replace(/[\n\r\t]/g, ' ');
}
