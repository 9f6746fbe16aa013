// What is on the screen follows the stage of the shell: enrol, unlock, or work.
import { QueryClientProvider } from '@tanstack/react-query';
import { App as Antd, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { lazy, Suspense, useEffect, useState } from 'react';
import { listen, onNews, queries, useAnswer } from './api';
import { LookProvider, useLook } from './look';
import { Trouble, Waiting } from './parts/standing';
import { Hushed } from './parts/hushed';
import { useHome } from './parts/practised';
import { useShown } from './pages/start/shown';
import { Start } from './pages/start/Start';
import { theme } from './style/theme';

const Work = lazy(() => import('./Work'));
const Closing = lazy(() => import('./Closing'));

/** What was done is said low on every page, above the status line: the head stays readable, and the hand is near. */
const MESSAGES = { maxCount: 2, top: 'calc(100vh - 9em)' };

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Staged />
    </QueryClientProvider>
  );
}

function Staged() {
  const [closing, setClosing] = useState<number | null>(null);
  useEffect(() => listen((news) => ('closing' in news ? setClosing(news.closing.waiting) : onNews(news))), []);
  const state = useAnswer('shell.state', {});
  const paper = useShown();
  useHome(state.data?.practice);
  return (
    <LookProvider open={state.data?.stage === 'open'}>
      <Dressed stage={state.data?.stage}>
        {state.error ? <Trouble fault={state.error} again={() => void state.refetch()} /> : !state.data ? <Waiting /> : (
          state.data.stage === 'open' && !state.data.reopened && paper === null
            ? <Suspense fallback={<Waiting />}><Work /></Suspense>
            : <Start state={state.data} />
        )}
        {closing !== null && <Suspense fallback={null}><Closing waiting={closing} stay={() => setClosing(null)} /></Suspense>}
      </Dressed>
    </LookProvider>
  );
}

function Dressed({ stage, children }: { stage: string | undefined; children: React.ReactNode }) {
  const { look } = useLook();
  return (
    <ConfigProvider locale={look.language === 'zh' ? zhCN : enUS} theme={theme(look.elder ? Math.max(look.size, 20) as 20 | 24 : look.size, look.elder)} button={{ autoInsertSpace: false }}>
      <Antd message={MESSAGES} style={{ height: '100%' }}><Hushed of={`${stage ?? ''} ${look.language}`} />{children}</Antd>
    </ConfigProvider>
  );
}
