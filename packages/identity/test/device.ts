import type { HallpassConfig } from "../src/settings/index.ts";
import { AUDIENCE, CONFIG, type TokenAnswer } from "./identity.ts";

/** An application for devices: it has no pages of its own. */
export const DEVICE_CLIENT = "bookstore-tv";

export const DEVICE_CONFIG: HallpassConfig = {
  ...CONFIG,
  applications: [
    ...(CONFIG.applications ?? []).map((application) => ({
      ...application,
      deviceFlow: application.clientId === "other-web",
    })),
    { clientId: DEVICE_CLIENT, name: "Bookstore TV", type: "native", deviceFlow: true },
  ],
};

export interface DeviceAnswer {
  status: number;
  body: {
    device_code: string;
    user_code: string;
    verification_uri: string;
    verification_uri_complete: string;
    expires_in: number;
    interval: number;
    error?: string;
    error_description?: string;
  };
}

/** What a device asks first. */
export async function askForDevice(
  url: string,
  form: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<DeviceAnswer> {
  const response = await fetch(`${url}/oauth2/device/auth`, {
    method: "POST",
    headers,
    body: new URLSearchParams({
      client_id: DEVICE_CLIENT,
      scope: "openid profile email offline",
      audience: AUDIENCE,
      ...form,
    }),
  });
  return { status: response.status, body: (await response.json()) as DeviceAnswer["body"] };
}

/** What it asks until somebody has decided. */
export async function pollAsDevice(url: string, deviceCode: string): Promise<TokenAnswer> {
  return await deviceTokenRequest(url, {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: deviceCode,
  });
}

/** A token request of the device's: no browser, and so no origin. */
export async function deviceTokenRequest(url: string, form: Record<string, string>): Promise<TokenAnswer> {
  const response = await fetch(`${url}/oauth2/token`, {
    method: "POST",
    body: new URLSearchParams({ client_id: DEVICE_CLIENT, ...form }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as TokenAnswer["body"],
  };
}
