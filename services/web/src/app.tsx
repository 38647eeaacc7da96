import { Center, Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import { openDevice, type Device } from './open-till.ts';
import { Counter } from './screens/counter.tsx';
import { EnrolScreen } from './screens/enrol.tsx';
import type { Till } from './till.ts';

/** Opened once, also when React mounts twice. */
let opening: Promise<Device> | undefined;

/** A device that is no till yet is set up; one that is, sells. */
export function App() {
  const [device, setDevice] = useState<Device>();
  const [till, setTill] = useState<Till>();
  useEffect(() => {
    opening ??= openDevice();
    void opening.then((opened) => {
      setDevice(opened);
      setTill(opened.till);
    });
  }, []);
  if (!device) return <Center h="100vh"><Loader aria-label="…" /></Center>;
  return till ? <Counter till={till} /> : <EnrolScreen database={device.database} onEnrolled={setTill} />;
}
