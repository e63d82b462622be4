"""Moves files into a folder queue, by what docs/on-disk.md says alone: python3 python-producer.py FOLDER FILE..."""
import datetime, glob, json, os, socket, sys, uuid

folder, *files = sys.argv[1:]
os.makedirs(folder, exist_ok=True)
said = [json.load(open(path)) for path in glob.glob(f'{folder}/[0-9]*__*.[hdf]*')]
earlier = [one['header']['uuid'] for one in said if one.get('dibs', {}).get('producer') == 'till']
run, pid, host = str(uuid.uuid4()), f'{os.getpid():06}', socket.gethostname()

def move_in(path, name):
    with open(path) as file:
        os.fsync(file.fileno())
    os.link(path, f'{folder}/{name}')  # whole from its first moment, and never over another
    os.sync()
    os.unlink(path)

def say(word):
    stamp = datetime.datetime.now(datetime.timezone.utc).strftime('%Y%m%d_%H%M%S_%f')
    header = dict(type=word, createdUTCTimestamp=stamp, uuid=run, createdBy='till', hostName=host, machineFQDN=host, pid=pid)
    with open(f'{folder}/.{run}', 'w') as stage:
        json.dump({'header': header, 'dibs': {'producer': 'till', 'replaces': earlier}}, stage)
    move_in(stage.name, f'{stamp}__{pid}.{word}')

say('helo')
for path in files:
    move_in(path, os.path.basename(path))
say('done')
