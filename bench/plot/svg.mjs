/** What all drawings share: a ground of their own, so that they can be read on a page of any colour, and the colours on it. */

const STYLE = `
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .ground { fill: #ffffff; stroke: #d0d7de }
  .title { font-weight: 600; font-size: 15px }
  .name { font-weight: 600 }
  .small { fill: #57606a; font-size: 12px }
  .grid { stroke: #d0d7de }
  .aim { stroke: #24292f; stroke-width: 1.5 }
  .met { fill: #2f6f9f }
  .missed { fill: #c4703d }
  .spread { stroke: #24292f; stroke-opacity: .55; stroke-width: 1.5 }
  .series { fill: none; stroke-width: 2; stroke-linejoin: round }
  .one { stroke: #2f6f9f } .dot.one { fill: #2f6f9f }
  .two { stroke: #c4703d } .dot.two { fill: #c4703d }
  .three { stroke: #6e7781 } .dot.three { fill: #6e7781 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .ground { fill: #0d1117; stroke: #3d444d } .small { fill: #9198a1 } .grid { stroke: #3d444d }
    .aim, .spread { stroke: #e6edf3 } .met { fill: #5aa2d6 } .missed { fill: #e0915f }
    .one { stroke: #5aa2d6 } .dot.one { fill: #5aa2d6 }
    .two { stroke: #e0915f } .dot.two { fill: #e0915f }
    .three { stroke: #9198a1 } .dot.three { fill: #9198a1 }
  }`;

/** A whole drawing: `title` stands on top of it, `note` at its foot, for which `FOOT` pixels are left. */
export const FOOT = 34;

export function drawing({ width, height, title, note = '' }, body) {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}
</style>
<rect class="ground" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="6"/>
<text class="title" x="16" y="28">${escaped(title)}</text>
<text class="small" x="16" y="${height - 14}">${escaped(note)}</text>
${body}
</svg>
`;
}

export function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** With one digit after the point, which is enough for a pixel. */
export function at(value) {
  return Number(value.toFixed(1));
}
