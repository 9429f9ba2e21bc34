// Full screen, where the browser has it. iPhones have it for a <video> only, under a name of their own.
type AppleVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void }

/** Whether any element can fill the screen. */
export const hasFullscreen = (): boolean => document.fullscreenEnabled === true

/** Whether something with a picture in it can. */
export const hasPictureFullscreen = (): boolean =>
  hasFullscreen() || 'webkitEnterFullscreen' in HTMLVideoElement.prototype

export function toggleFullscreen(element: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen()
  else if (hasFullscreen()) element?.requestFullscreen().catch(() => undefined)
  else (element?.querySelector('video') as AppleVideo | null | undefined)?.webkitEnterFullscreen?.()
}
