export { type DevelopmentUser, type DevelopmentView, developmentPage } from "./development-page.ts";
export { developmentView } from "./development-view.ts";
