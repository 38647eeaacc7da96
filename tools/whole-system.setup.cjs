// Nine programs start, stop and come back on a machine that others may use as well; what takes longer says so where it stands.
jest.setTimeout(120_000);
