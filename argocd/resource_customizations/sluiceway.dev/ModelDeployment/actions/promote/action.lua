-- An annotation that the operator reads and never writes: nothing of the spec changes, so Git stays right.
local offered = (obj.status or {}).commands or {}
if offered.promote == nil then
  error("there is nothing to promote now: status.commands offers no such command")
end
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["sluiceway.dev/promote"] = offered.promote
return obj
