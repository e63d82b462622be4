/** What a child process says, or an error when it ends without having said it: nothing waits for one that is gone. */
export function told(child, isWanted = () => true) {
  return new Promise((resolve, reject) => {
    const hear = (message) => {
      if (!isWanted(message)) return;
      leave();
      resolve(message);
    };
    const end = (code, signal) => {
      leave();
      reject(new Error(`A process of the bench ended with ${signal ?? code} and without an answer.`));
    };
    const leave = () => {
      child.off('message', hear);
      child.off('exit', end);
    };
    child.on('message', hear);
    child.on('exit', end);
    if (child.exitCode !== null || child.signalCode !== null) end(child.exitCode, child.signalCode);
  });
}
