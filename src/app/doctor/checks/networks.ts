import { judgeNetworks } from "../../../core/doctor/networks.ts";
import type { Check } from "../check.ts";

export const networks: Check = {
  topic: "networks",
  run: async ({ addresses, surroundings, proof }) =>
    judgeNetworks({ addresses, surroundings, proof: proof.findings }),
};
