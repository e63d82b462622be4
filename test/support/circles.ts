/** Files that come back to themselves by what they import, each such circle once, as the way round it. */
export function circlesAmong(arrows: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const left = new Set<string>();
  const way: string[] = [];
  const visit = (file: string): void => {
    const met = way.indexOf(file);
    if (met >= 0) circles.push([...way.slice(met), file]);
    if (met >= 0 || left.has(file)) return;
    way.push(file);
    for (const next of arrows.get(file) ?? []) visit(next);
    way.pop();
    left.add(file);
  };
  for (const file of arrows.keys()) visit(file);
  return circles;
}
