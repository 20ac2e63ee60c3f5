-- The operator tells in status.commands what would do something now; the rest is greyed out.
local offered = (obj.status or {}).commands or {}
local actions = {}
for _, name in ipairs({ "pause", "resume", "promote", "abort", "retry" }) do
  actions[name] = { ["disabled"] = offered[name] == nil }
end
return actions
