// Series colours: at least 3:1 on the editor, told apart under the common colour-vision deficiencies.

const LIGHT = ["#2649C0", "#D16A04", "#009F91", "#82256A", "#9F69EA", "#665E00", "#327AA0", "#5C3A23"];
const DARK = ["#7299FA", "#F1A750", "#82EADC", "#CE6C92", "#8265C7", "#E0E782", "#76C3E5", "#A06941"];

export interface SeriesColor {
  color: string;
  /** From the ninth run on colours repeat, dashed. */
  dashed: boolean;
}

export function seriesColor(index: number, dark: boolean): SeriesColor {
  const colors = dark ? DARK : LIGHT;
  return { color: colors[index % colors.length] as string, dashed: index >= colors.length };
}

/**
 * Gives each drawn run that has none the lowest free index. A run keeps its colour while it is not drawn, until a
 * drawn one would have to be dashed for want of it.
 */
export function assignColors(
  held: ReadonlyMap<string, number>,
  drawn: readonly string[],
): Map<string, number> {
  const colors = new Map(held);
  for (const runId of drawn.filter((id) => !held.has(id))) {
    let index = lowestFree(colors.values());
    if (index >= LIGHT.length) {
      index = lowestFree(drawn.flatMap((id) => colors.get(id) ?? []));
      for (const [id, theirs] of colors) {
        if (theirs === index) {
          colors.delete(id);
        }
      }
    }
    colors.set(runId, index);
  }
  return colors;
}

function lowestFree(taken: Iterable<number>): number {
  const all = new Set(taken);
  let index = 0;
  while (all.has(index)) {
    index++;
  }
  return index;
}
