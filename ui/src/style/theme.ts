// Colours and sizes, once. antd gets them as tokens, our own CSS as variables (tokens.css).
import type { ThemeConfig } from 'antd';

/** Text sizes a person may choose; 适老化 asks for at least 18 in elder mode. */
export const SIZES = [16, 18, 20, 24] as const;
export type Size = (typeof SIZES)[number];

export const colour = {
  paper: '#f6f4ef', surface: '#ffffff', line: '#e3dfd6', ink: '#1d2b2a', quiet: '#55625f',
  pine: '#1f6f63', pineDeep: '#15534a', pineWash: '#e6f1ee',
  amber: '#8a5200', amberWash: '#fcf1dc', red: '#b3261e', redWash: '#fbe9e7', blue: '#1f5f99', blueWash: '#e7f0f8',
} as const;

/** How high buttons are, in pixels: antd's and our own. */
export function touch(size: number, elder: boolean): { usual: number; small: number } {
  const usual = Math.max(44, Math.round(size * (elder ? 3 : 2.6)));
  return { usual, small: Math.max(36, usual - 8) };
}

export function theme(size: Size, elder: boolean): ThemeConfig {
  const { usual: control, small } = touch(size, elder);
  return {
    cssVar: { key: 'td' },
    token: {
      colorPrimary: colour.pine, colorInfo: colour.pine, colorLink: colour.pine, colorError: colour.red, colorWarning: colour.amber, colorSuccess: colour.pine,
      colorTextBase: colour.ink,
      // antd would mix the wash of what is chosen from the colour itself, and so dark a green turns grey
      colorPrimaryBg: colour.pineWash, colorPrimaryBgHover: '#d3e6e1', controlItemBgActive: colour.pineWash, controlItemBgActiveHover: '#d3e6e1', colorBgLayout: colour.paper, colorBorder: '#b9b4a8', colorBorderSecondary: colour.line,
      colorTextDescription: colour.quiet, colorTextPlaceholder: '#6d7674',
      fontSize: size, lineHeight: 1.6, controlHeight: control, controlHeightSM: small, controlHeightLG: control + 8,
      borderRadius: 10, wireframe: false, motion: !elder,
      fontFamily: "'Microsoft YaHei','PingFang SC','Source Han Sans SC','Noto Sans CJK SC','WenQuanYi Micro Hei',sans-serif",
    },
    components: {
      Button: { fontWeight: 500, primaryShadow: 'none', defaultShadow: 'none' },
      Tabs: { horizontalItemPadding: '10px 4px' },
    },
  };
}
