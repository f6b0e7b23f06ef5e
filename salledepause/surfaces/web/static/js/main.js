// What every page is quickened with. Nothing here is needed: each form and link works without it.
import "./forms.js";
import "./dialogs.js";
import "./installed.js";
import "./sending.js";
import "./undo.js";
import "./terms.js";
if (document.querySelector("form[data-composer]")) void import("./composer.js");
if (document.getElementById("garde")) void import("./guarding.js");
if (document.querySelector(".files, .medium, [data-blurring]")) void import("./blurring.js");
if (document.getElementById("fiche")) void import("./helping.js");
if (document.querySelector("form[data-seek]")) void import("./seeking.js");
if (document.querySelector("[data-wave]")) void import("./wave.js");
import "./live.js";
