/** How a cluster that no stack owns is brought under one. Source: "Import AWS resources into a CloudFormation stack". */
export function importByHand(cluster: string, instance: string): string {
  const resources = [
    `ResourceType=AWS::RDS::DBCluster,LogicalResourceId=CLUSTER,ResourceIdentifier={DBClusterIdentifier=${cluster}}`,
    `ResourceType=AWS::RDS::DBInstance,LogicalResourceId=INSTANCE,ResourceIdentifier={DBInstanceIdentifier=${instance}}`,
  ];
  return `aws cloudformation create-change-set --change-set-type IMPORT --change-set-name import --stack-name STACK --template-body file://TEMPLATE --resources-to-import '${resources.join("' '")}' (both with a DeletionPolicy and as they stand, nothing else in the template changed), then aws cloudformation execute-change-set and detect-stack-drift`;
}
