import fc from 'fast-check';

/** The same samples in each run, so that no mutant is killed today and alive tomorrow; and what kills one need not be made small. */
fc.configureGlobal({ seed: 1, endOnFailure: true });
