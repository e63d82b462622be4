"""Drains a QueueSimple of python3-dirq: lock, get, remove, one by one. Says how long that took, in seconds, and how many bytes it read."""
import sys
import time

from dirq.QueueSimple import QueueSimple

path, count = sys.argv[1], int(sys.argv[2])
queue = QueueSimple(path)
texts = sys.stdin.read().splitlines()
for number in range(count):
    queue.add(texts[number])
start = time.perf_counter()
read = 0
for name in queue:
    if not queue.lock(name):
        continue
    read += len(queue.get(name))
    queue.remove(name)
print(time.perf_counter() - start, read)
