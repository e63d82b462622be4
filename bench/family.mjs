/** Runs one family in this process and sends its judged figures to the parent; nothing of another family is on its heap. */
import { loadFamily } from './families.mjs';
import { interleave, judge, roundsOf } from './harness.mjs';

const { name, ...context } = JSON.parse(process.argv[2]);
const family = await loadFamily(name);
leaveOut(family, context.missing);
if (family.prepare) {
  process.send({ note: 'preparing' });
  await family.prepare(context);
}
const measured = await interleave(family, context, (round) =>
  process.send({ note: round === 0 ? 'warm' : `round ${round} of ${roundsOf(family, context)}` }),
);
process.send({ figures: judge(family, measured) }, () => process.exit(0));

/** Peers that can't be had here are not measured, and neither is what is compared with them. */
function leaveOut({ sides, figures }, missing) {
  for (const peer of missing) delete sides[peer];
  for (let at = figures.length - 1; at >= 0; at -= 1) if (missing.includes(figures[at].peer)) figures.splice(at, 1);
}
