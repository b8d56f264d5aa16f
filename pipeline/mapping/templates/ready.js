// All scripts have run and the address has been read: the page is as its reader will find it.
"use strict";
document.addEventListener("DOMContentLoaded", () => { document.documentElement.dataset.ready = "yes"; });
