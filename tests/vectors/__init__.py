"""Numbers that the pipeline's rules and the page's (``templates/rules.js``) must both give: ``*.json``."""
