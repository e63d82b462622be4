"""A consumer in the layout of PyMPX, as docs/on-disk.md describes it: python3 pympx-consumer.py FOLDER DONE_FOLDER. It says
each name that it is through with, and ends when every producer is done and it finds nothing more."""
import hashlib, json, os, socket, sys, time

folder, done_folder = sys.argv[1:]
pid = f'{os.getpid():06}'
host = str(int(hashlib.sha1(socket.getfqdn().encode()).hexdigest(), 16))[-10:]


def producers(names, word):
    """Known by machine, process and uuid together."""
    found = set()
    for name in names:
        if name.endswith(f'.{word}'):
            try:
                with open(f'{folder}/{name}') as file:
                    header = json.load(file)['header']
            except FileNotFoundError:
                continue  # it was replaced meanwhile
            found.add((header['machineFQDN'], header['pid'], header['uuid']))
    return found


def claim(name):
    path = f'{folder}/{pid}_{host}_{os.path.splitext(name)[0]}.wip'
    try:
        os.rename(f'{folder}/{name}', path)
    except FileNotFoundError:
        return None  # somebody else was faster
    return path


while True:
    names = sorted(os.listdir(folder))
    helo = producers(names, 'helo')
    is_over = len(helo) > 0 and helo <= producers(names, 'done')
    ready = [name for name in sorted(os.listdir(folder)) if name.endswith('.tsv')]
    if is_over and not ready:
        break
    for name in ready[:1]:
        path = claim(name)
        if path is not None:
            with open(path) as file:
                assert file.read().endswith('\n'), f'{name} was not whole'
            os.rename(path, f'{done_folder}/{name}')
            print(name, flush=True)
    time.sleep(0.005)
