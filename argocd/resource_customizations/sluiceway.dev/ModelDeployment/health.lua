-- The operator has to have looked at this generation of the spec before its word counts.
local status = obj.status or {}
if status.conditions == nil or status.observedGeneration ~= obj.metadata.generation then
  return {
    status = "Progressing",
    message = "The operator has not looked at this generation of the spec yet",
  }
end

local said = {}
for _, condition in ipairs(status.conditions) do
  said[condition.type] = condition
end

local stalled = said.Stalled
if stalled ~= nil and stalled.status == "True" then
  return { status = "Degraded", message = stalled.reason .. ": " .. stalled.message }
end

local ready = said.Ready
if ready == nil then
  return { status = "Progressing", message = "The operator has not said yet whether the model is ready" }
end
if ready.status == "True" then
  return { status = "Healthy", message = ready.message }
end

-- These two wait for a person, however long that takes.
if ready.reason == "Paused" or ready.reason == "AwaitingPromotion" then
  return { status = "Suspended", message = ready.message }
end
return { status = "Progressing", message = ready.reason .. ": " .. ready.message }
