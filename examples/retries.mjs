// What fails comes again, after a while; what keeps failing is set aside with its reason, and can be put back to work.
//
//   node examples/retries.mjs
//
// prints: fetch flaky: attempt 1 failed
// prints: fetch flaky: done at attempt 2
// prints: fetch broken: attempt 3 failed
// prints: given up: broken, HTTP 500
// prints: given up: missing, HTTP 404
// prints: after the repair: 2 put back, 2 done
import { PermanentError, PersistentQueue, consume } from 'dibs';

const server = { flaky: [503, 200], broken: [500, 500, 500, 200], missing: [404, 200], fine: [200] };

/** A handler: it throws, or the work is done. */
async function fetchPage({ value: page, attempt }) {
  const status = server[page].shift();
  if (status === 200) return console.log(`fetch ${page}: done at attempt ${attempt}`);
  console.log(`fetch ${page}: attempt ${attempt} failed`);
  if (status === 404) throw new PermanentError(`HTTP ${status}`); // trying again can't help
  throw new Error(`HTTP ${status}`);
}

const options = { onError: 'continue', backoff: { firstMs: 10 } };

const queue = await PersistentQueue.open('pages', { maxAttempts: 3 });
await queue.putMany(Object.keys(server));
await queue.close();
await consume(queue, fetchPage, options);
for await (const { value, error } of queue.failed()) console.log('given up: %s, %s', value, error.message);
await queue.dispose();

// Later, when the server is mended:
const again = await PersistentQueue.open('pages');
const put = await again.retry();
await again.close();
const { done } = await consume(again, fetchPage, options);
console.log(`after the repair: ${put} put back, ${done} done`);
await again.dispose();
