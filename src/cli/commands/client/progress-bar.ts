import type { Progress } from '@modelcontextprotocol/client';
import { oneLine } from '../../../text/harmless.js';
import type { Output } from '../../output.js';

const LONGEST_BAR = 30;
const TICK_MS = 100;
const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const CLEAR_LINE = '\r\u001b[K';

/** Shows the progress of one call in the last line of a terminal; nothing anywhere else. */
export class ProgressBar {
  private last: Progress | undefined;
  private visible = false;
  private ticking: NodeJS.Timeout | undefined;
  private since = 0;
  private readonly redraw = (): void => this.draw();

  constructor(
    private readonly output: Output,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {
    if (output.isNoteTerminal) stream.on('resize', this.redraw);
  }

  /** Shows how long something takes that tells of no progress, until it does, or until somebody is asked. */
  wait(): void {
    if (!this.output.isNoteTerminal || isPlain()) return;
    this.since = performance.now();
    this.ticking ??= setInterval(() => this.tick(), TICK_MS);
    this.ticking.unref();
  }

  /** Somebody is asked, and types in the same line. */
  rest(): void {
    clearInterval(this.ticking);
    this.ticking = undefined;
    this.hide();
  }

  update(progress: Progress): void {
    if (this.ticking !== undefined) this.rest();
    this.last = progress;
    this.draw();
  }

  /** Takes the bar away for a moment: to print a line, or to ask. The next progress brings it back. */
  hide(): void {
    if (this.visible) this.stream.write(CLEAR_LINE);
    this.visible = false;
  }

  stop(): void {
    this.rest();
    this.last = undefined;
    this.stream.off('resize', this.redraw);
  }

  private tick(): void {
    const seconds = Math.floor((performance.now() - this.since) / 1_000);
    if (seconds < 1) return;
    this.visible = true;
    const frame = FRAMES[Math.floor(performance.now() / TICK_MS) % FRAMES.length];
    this.stream.write(`${CLEAR_LINE}${cut(`${frame} ${seconds} s`, (this.stream.columns || 80) - 1)}`);
  }

  private draw(): void {
    if (!this.output.isNoteTerminal || this.last === undefined) return;
    this.visible = true;
    // One column stays free: a full line would wrap, and could not be cleared.
    this.stream.write(CLEAR_LINE + renderBar(this.last, (this.stream.columns || 80) - 1));
  }
}

/** `█████░░░░░  50%  Progress step 1 of 2`, at most `width` columns; without a total the count alone. */
export function renderBar({ progress, total, message = '' }: Progress, width: number): string {
  const text = oneLine(message);
  if (total === undefined || total <= 0) return cut(`… ${progress}  ${text}`, width);
  const share = Math.min(Math.max(progress / total, 0), 1);
  const cells = Math.max(0, Math.min(LONGEST_BAR, Math.floor(width / 3)));
  const full = Math.round(share * cells);
  return cut(
    `${'█'.repeat(full)}${'░'.repeat(cells - full)} ${String(Math.round(share * 100)).padStart(3)}%  ${text}`,
    width,
  );
}

function cut(text: string, width: number): string {
  const line = text.trimEnd();
  return line.length > width ? `${line.slice(0, Math.max(0, width - 1))}…` : line;
}

/** Whether whoever looks wants no moving line: a log of CI, or a terminal that is to be plain. */
function isPlain(): boolean {
  const { CI, NO_COLOR } = process.env;
  return Boolean(CI) || Boolean(NO_COLOR);
}
