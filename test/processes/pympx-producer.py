"""A producer in the layout of PyMPX, as docs/on-disk.md describes it: python3 pympx-producer.py FOLDER PREFIX COUNT LAST_WORD"""
import datetime, json, os, socket, sys, uuid

folder, prefix, count, last_word = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
run, pid = str(uuid.uuid1()), f'{os.getpid():06}'


def say(word):
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime('%Y%m%d_%H%M%S_%f')
    header = {
        'type': word,
        'createdUTCTimestamp': stamp,
        'uuid': run,
        'createdBy': 'python',
        'hostName': socket.gethostname(),
        'machineFQDN': socket.getfqdn(),
        'pid': pid,
    }
    final = f'{folder}/{stamp}__{pid}.{word}'
    stage = f'{folder}/{stamp}__{pid}.temp{word}'
    with open(stage, 'w') as file:
        json.dump({'header': header}, file)
    os.rename(stage, final)


say('helo')
for number in range(count):
    final = f'{folder}/{prefix}-{number:03}.tsv'
    stage = f'{final}.copying1'
    with open(stage, 'w') as file:
        file.write(f'{prefix}\t')
        file.flush()
        file.write(f'{number}\n')
    os.rename(stage, final)
say(last_word)
