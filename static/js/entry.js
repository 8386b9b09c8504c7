// The entry page of an interview. Other modules import autosave.js too; it is no page's own script, so that all
// of them get the same one.

import "./autosave.js";
