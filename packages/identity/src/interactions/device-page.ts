import { deviceCodePage, deviceEndPage, errorPage } from "../pages/index.ts";
import type { DeviceCodeError, DeviceView } from "../provider/device-flow.ts";

const ERRORS: Record<DeviceCodeError, string> = {
  missing: "Please enter the code that your device shows.",
  unknown: "This code is not right. Please compare it with your device and try again.",
  expired: "This code has expired. Start again on your device, which then shows a new one.",
  used: "This code was used already. Start again on your device, which then shows a new one.",
  stale: "The page was open for too long, or the code was entered elsewhere. Please try again.",
  failed: "Something went wrong here, and it is not your fault. Please try again in a moment.",
};

/** The page for a step of the device flow that the provider has taken. */
export function devicePage(view: DeviceView): string {
  if (view.page === "code") {
    return deviceCodePage({
      action: view.action,
      fields: { xsrf: view.xsrf, confirm: "yes" },
      ...(view.userCode === undefined ? {} : { userCode: view.userCode }),
      ...(view.error === undefined ? {} : { error: ERRORS[view.error] }),
    });
  }
  if (view.page === "throttled") {
    const minutes = Math.ceil(view.retryAfter / 60);
    return errorPage({
      title: "Too many wrong codes",
      message: `Please wait ${minutes === 1 ? "a minute" : `${minutes} minutes`} and try again.`,
      code: "throttled",
      status: 429,
    });
  }
  const { applicationName } = view;
  return deviceEndPage({
    connected: view.page === "done",
    ...(applicationName === undefined ? {} : { applicationName }),
  });
}
