/** Runs one family in this process and sends its judged figures to the parent; nothing of another family is on its heap. */
import { loadFamily } from './families.mjs';
import { interleave, judge } from './harness.mjs';

const { name, ...context } = JSON.parse(process.argv[2]);
const family = await loadFamily(name);
if (context.redisPort === null) leaveOutRedis(family);
if (family.prepare) {
  process.send({ note: 'preparing' });
  await family.prepare(context);
}
const measured = await interleave(family, context, (round) =>
  process.send({ note: round === 0 ? 'warm' : `round ${round} of ${context.rounds}` }),
);
process.send({ figures: judge(family, measured) }, () => process.exit(0));

function leaveOutRedis({ sides, figures }) {
  delete sides.bullmq;
  for (let at = figures.length - 1; at >= 0; at -= 1) if (figures[at].peer === 'bullmq') figures.splice(at, 1);
}
