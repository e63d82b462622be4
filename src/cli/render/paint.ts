/** Colours, where they are wanted. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
}

/** On a terminal, unless `NO_COLOR` has a value (no-color.org) or the terminal is a dumb one. */
export function paintFor(isTerminal: boolean, env: Readonly<NodeJS.ProcessEnv>): Paint {
  const wanted = isTerminal && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const style = (on: number, off: number) => (text: string) => (wanted ? `\u001b[${on}m${text}\u001b[${off}m` : text);
  return { bold: style(1, 22), dim: style(2, 22), red: style(31, 39), green: style(32, 39) };
}
