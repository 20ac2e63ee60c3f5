-- An annotation that the operator reads and never writes: nothing of the spec changes, so Git stays right.
local offered = (obj.status or {}).commands or {}
if offered.abort == nil then
  error("there is nothing to abort now: status.commands offers no such command")
end
if obj.metadata.annotations == nil then
  obj.metadata.annotations = {}
end
obj.metadata.annotations["sluiceway.dev/abort"] = offered.abort
return obj
