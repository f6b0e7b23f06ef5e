// What every page is quickened with. Nothing here is needed: each form and link works without it.
import "./forms.js";
import "./dialogs.js";
import "./live.js";
